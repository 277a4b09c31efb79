package nightshift.bench;

import module java.base;

/// The requests to AWS of one call of a function, and the units of DynamoDB that they cost.
record Usage(List<Request> requests, double readUnits, double writeUnits) {
    /// The bare SDK call of the same kind as a request.
    private static final Map<String, String> KINDS =
            Map.of(
                    "BatchGetItem", "GetItem",
                    "TransactGetItems", "GetItem",
                    "UpdateItem", "PutItem",
                    "DeleteItem", "PutItem",
                    "HeadObject", "GetObject");

    /// @param operation AWS's name, with the number of items if it is a transaction
    /// @param begun and `ended`, in nanoseconds
    /// @param bytes of the bodies of request and answer
    record Request(String operation, long begun, long ended, long bytes) {}

    /// Reads what a [CallRecorder] has appended to its file.
    static Usage parse(List<String> lines) {
        var requests = new ArrayList<Request>();
        var units = new HashMap<String, Double>();
        for (var line : lines) {
            var words = line.split(" ", -1);
            if (words[0].equals("request")) {
                requests.add(
                        new Request(
                                words[1],
                                Long.parseLong(words[2]),
                                Long.parseLong(words[3]),
                                Long.parseLong(words[4])));
            } else {
                units.merge(words[0], Double.valueOf(words[1]), Double::sum);
            }
        }
        requests.sort(Comparator.comparingLong(Request::ended));
        return new Usage(
                requests,
                units.getOrDefault("read-units", 0.0),
                units.getOrDefault("write-units", 0.0));
    }

    /// The number of sequential round trips. Concurrent requests are one round trip.
    int roundTrips() {
        int trips = 0;
        long last = Long.MIN_VALUE;
        for (var each : requests) { // in the order of their ends
            if (each.begun < last) continue;
            trips++;
            last = each.ended;
        }
        return trips;
    }

    long bytes() {
        return requests.stream().mapToLong(Request::bytes).sum();
    }

    /// The price of a million such calls in us-east-1, in USD: DynamoDB's units and S3's requests.
    double pricePerMillion() {
        double price = readUnits * 0.125 + writeUnits * 0.625;
        for (var each : requests) {
            if (each.operation.matches("(Get|Head)Object")) price += 0.4;
            if (each.operation.matches(
                    "(Put|Copy)Object|List.*V2|UploadPart.*|.*MultipartUpload")) {
                price += 5;
            }
        }
        return price;
    }

    /// The bare calls of the same kinds, one for each request; none if a request has no such call.
    ///
    /// @param answer of the function
    List<String> bareCalls(String answer) {
        var bare = new ArrayList<String>();
        for (var each : requests) bare.add(KINDS.getOrDefault(each.operation, each.operation));
        if (answer.contains("X-Amz-Signature=")) bare.add("presign");
        if (!bare.stream().allMatch(BareCall::exists)) return List.of();
        return bare.isEmpty() ? List.of(EmptyHandler.NAME) : bare;
    }
}
