package nightshift.bench;

import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Connections whose calls the [Meter] counts, repeated ones included, whoever makes them.
final class MeteredHttp implements SdkHttpClient {
    private final SdkHttpClient http;

    MeteredHttp(SdkHttpClient http) {
        this.http = http;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        var count = Meter.current();
        if (count == null) return http.prepareRequest(request);
        var prepared = http.prepareRequest(counted(request, count));
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                int trip = count.begin();
                try {
                    return counted(prepared.call(), count);
                } finally {
                    count.end(trip);
                }
            }

            @Override
            public void abort() {
                prepared.abort();
            }
        };
    }

    private static HttpExecuteRequest counted(HttpExecuteRequest request, Meter.Count count) {
        return HttpExecuteRequest.builder()
                .request(request.httpRequest())
                .contentStreamProvider(
                        request.contentStreamProvider()
                                .<ContentStreamProvider>map(
                                        body -> () -> new Counted(body.newStream(), count))
                                .orElse(null))
                .build();
    }

    private static HttpExecuteResponse counted(HttpExecuteResponse response, Meter.Count count) {
        return HttpExecuteResponse.builder()
                .response(response.httpResponse())
                .responseBody(
                        response.responseBody()
                                .map(body ->
                                        AbortableInputStream.create(new Counted(body, count), body))
                                .orElse(null))
                .build();
    }

    @Override
    public String clientName() {
        return http.clientName();
    }

    @Override
    public void close() {
        http.close();
    }

    /// A body whose bytes are counted as they are read.
    private static final class Counted extends FilterInputStream {
        private final Meter.Count count;

        private Counted(InputStream body, Meter.Count count) {
            super(body);
            this.count = count;
        }

        @Override
        public int read() throws IOException {
            int octet = super.read();
            if (octet >= 0) count.addBytes(1);
            return octet;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            if (read > 0) count.addBytes(read);
            return read;
        }
    }
}
