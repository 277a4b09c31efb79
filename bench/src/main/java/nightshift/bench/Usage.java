package nightshift.bench;

import module java.base;

/// The requests to AWS of one call of a function.
record Usage(List<Request> requests) {
    /// Prices of a million requests in us-east-1, in USD. DynamoDB is billed by units.
    private static final Map<String, Double> PRICES =
            Map.of("S3 GET", 0.4, "S3 HEAD", 0.4, "S3 PUT", 5.0, "S3 POST", 5.0, "S3 LIST", 5.0);

    /// The bare SDK call of the same kind as a request.
    private static final Map<String, String> KINDS =
            Map.of(
                    "BatchGetItem", "GetItem",
                    "TransactGetItems", "GetItem",
                    "UpdateItem", "PutItem",
                    "DeleteItem", "PutItem",
                    "S3 HEAD", "S3 GET",
                    "S3 LIST", "S3 GET",
                    "S3 POST", "S3 PUT");

    /// @param operation DynamoDB's name, or `S3` and the method
    /// @param begun and `ended`, in nanoseconds
    /// @param bytes of the bodies of request and answer
    /// @param readUnits as DynamoDB reports them, like `writeUnits`
    record Request(
            String operation,
            long begun,
            long ended,
            long bytes,
            double readUnits,
            double writeUnits) {}

    int calls() {
        return requests.size();
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

    double readUnits() {
        return requests.stream().mapToDouble(Request::readUnits).sum();
    }

    double writeUnits() {
        return requests.stream().mapToDouble(Request::writeUnits).sum();
    }

    /// The price of a million such calls in USD, for requests to S3 and units of DynamoDB.
    double pricePerMillion() {
        double price = readUnits() * 0.125 + writeUnits() * 0.625;
        for (var each : requests) price += PRICES.getOrDefault(each.operation, 0.0);
        return price;
    }

    /// The bare calls of the same kinds, one for each request; none if a request has no such call.
    ///
    /// @param answer of the function
    List<String> bareCalls(String answer) {
        var bare = new ArrayList<String>();
        for (var each : requests) bare.add(KINDS.getOrDefault(each.operation, each.operation));
        if (answer.contains("X-Amz-Signature=")) bare.add("presign");
        if (!BareCall.ALL.containsAll(bare)) return List.of();
        return bare.isEmpty() ? List.of(EmptyHandler.NAME) : bare;
    }
}
