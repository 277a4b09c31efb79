package nightshift.bench;

import module java.base;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;

/// Does nothing. It measures the cost of the runtime itself.
public final class EmptyHandler implements RequestStreamHandler {
    static final String NAME = "empty handler";

    @Override
    public void handleRequest(InputStream event, OutputStream response, Context context)
            throws IOException {
        response.write("{}".getBytes(StandardCharsets.UTF_8));
    }
}
