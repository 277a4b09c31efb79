package nightshift.events;

import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

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

    private final EventBridgeClient client;
    private final String bus;

    public EventBridgeAnnouncements(EventBridgeClient client, String bus) {
        this.client = client;
        this.bus = bus;
    }

    @Override
    public void announce(List<Announcement> announcements) {
        for (int from = 0; from < announcements.size(); from += BATCH) {
            put(announcements.subList(from, Math.min(from + BATCH, announcements.size())));
        }
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
