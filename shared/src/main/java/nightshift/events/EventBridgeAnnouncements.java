package nightshift.events;

import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Announcements as events on a bus, with the source `nightshift`.
public final class EventBridgeAnnouncements implements Announcements {
    /// The most entries that one call of PutEvents takes.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html">AWS:
    ///   PutEvents</a>
    private static final int BATCH = 10;

    /// What is left of the 256 KB that all entries of a call may have together.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html">AWS:
    ///   calculating PutEvents event entry size</a>
    private static final int BATCH_BYTES = 250_000;

    private final EventBridgeClient client;
    private final String bus;

    public EventBridgeAnnouncements(EventBridgeClient client, String bus) {
        this.client = client;
        this.bus = bus;
    }

    @Override
    public void announce(List<Announcement> announcements) {
        int from = 0;
        while (from < announcements.size()) {
            int to = batchEnd(announcements, from);
            put(announcements.subList(from, to));
            from = to;
        }
    }

    /// The end of the largest batch that begins with an announcement.
    private static int batchEnd(List<Announcement> announcements, int from) {
        int to = from;
        long bytes = 0;
        while (to < announcements.size() && to - from < BATCH) {
            bytes += announcements.get(to).detail().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > BATCH_BYTES && to > from) {
                break;
            }
            to++;
        }
        return to;
    }

    private void put(List<Announcement> announcements) {
        var entries = new ArrayList<PutEventsRequestEntry>();
        for (var announcement : announcements) {
            entries.add(
                    PutEventsRequestEntry.builder()
                            .eventBusName(bus)
                            .source("nightshift")
                            .detailType(announcement.type())
                            .detail(announcement.detail())
                            .build());
        }
        var answer = client.putEvents(put -> put.entries(entries));
        if (answer.failedEntryCount() > 0) {
            throw new IllegalStateException(
                    "EventBridge took "
                            + (entries.size() - answer.failedEntryCount())
                            + " of "
                            + entries.size()
                            + " events");
        }
    }
}
