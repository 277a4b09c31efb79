package nightshift.local;

import java.util.Map;

/// What could not be delivered within its retry policy, as it stands in the dead-letter queue.
record DeadLetter(String queueArn, String body, Map<String, String> attributes) {}
