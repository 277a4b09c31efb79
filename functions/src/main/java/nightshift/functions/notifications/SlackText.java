package nightshift.functions.notifications;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.notification.NotificationType;

/// A message as the text of a Slack message.
///
/// @see <a href="https://docs.slack.dev/messaging/formatting-message-text">Slack: formatting
///   message text</a>
final class SlackText {
    private static final int MOST_LISTED = 10;

    private SlackText() {}

    static String of(Message message) {
        var data = message.data();
        var text = new StringBuilder(title(message));
        text.append("\n").append(escaped(data.path("reason").asText()));
        var scheduled = data.path("occurrence").path("scheduled_at");
        if (scheduled.isTextual()) {
            text.append("\nScheduled for ").append(escaped(scheduled.asText()));
            if (data.path("occurrence").path("attempt").asInt() > 1) {
                text.append(", attempt ").append(data.path("occurrence").path("attempt").asInt());
            }
        }
        var run = data.path("run").path("id");
        if (run.isTextual()) {
            text.append("\nRun ").append(escaped(run.asText()));
        }
        var missed = data.path("missed");
        for (int i = 0; i < Math.min(missed.size(), MOST_LISTED); i++) {
            text.append("\n• ").append(listed(missed.get(i)));
        }
        if (missed.size() > MOST_LISTED) {
            text.append("\nand more");
        }
        return text.append("\n<")
                .append(escaped(data.path("link").asText()))
                .append("|Open>")
                .toString();
    }

    private static String title(Message message) {
        if (!NotificationType.NAMES.contains(message.type())) {
            return "*Nightshift* sent a test message";
        }
        var name = "*" + escaped(message.data().path("automation").path("name").asText()) + "*";
        return switch (NotificationType.of(message.type())) {
            case RUN_FAILED -> name + " failed";
            case RUN_COMPLETED -> name + " completed";
            case AUTOMATION_PAUSED -> name + " was paused";
            case AUTOMATION_RECOVERED -> name + " has recovered";
            case SCHEDULE_REFUSED -> name + " has no schedule";
            case OCCURRENCE_MISSED -> "*Nightshift* missed occurrences";
        };
    }

    private static String listed(JsonNode missed) {
        return escaped(missed.path("automation").path("name").asText())
                + ", "
                + escaped(missed.path("scheduled_at").asText());
    }

    /// Without the characters by which Slack knows links and mentions.
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
