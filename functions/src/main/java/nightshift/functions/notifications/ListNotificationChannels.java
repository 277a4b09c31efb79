package nightshift.functions.notifications;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Page;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.notification.NotificationChannels;

/// `GET .../notification_channels/`: the project's channels, oldest first, page by page.
public final class ListNotificationChannels extends Endpoint {
    private final NotificationChannels channels;

    /// The function as Lambda makes it.
    public ListNotificationChannels() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListNotificationChannels(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.channels = wiring.channels();
    }

    @Override
    protected Reply answer(Call call) {
        var page = new Page(call, 100, 1_000);
        var all = channels.in(call.projectId());
        return page.reply(
                all.size(),
                all.stream()
                        .skip(page.offset())
                        .limit(page.limit())
                        .map(ChannelJson::write)
                        .toList());
    }
}
