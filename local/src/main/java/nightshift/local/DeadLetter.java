package nightshift.local;

import java.util.Map;

/// An event that was not delivered within its retry policy, as a message of the dead-letter queue.
record DeadLetter(String queueArn, String body, Map<String, String> attributes) {}
