package nightshift.functions.notifications;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.notification.ChannelKind;
import nightshift.notification.NotificationChannel;
import nightshift.notification.NotificationChannels;
import nightshift.run.Ids;
import nightshift.webhook.StandardWebhook;

import java.time.Clock;
import java.util.Set;

/// `POST .../notification_channels/`: keeps a new channel. Its answer is the only one that shows
/// the secret.
public final class CreateNotificationChannel extends Endpoint {
    /// Each channel is one more message for each event. Two creations at the same moment may exceed
    /// this by one, which does no harm.
    private static final int MOST_CHANNELS = 100;

    private final NotificationChannels channels;
    private final Set<String> exempt;
    private final Clock clock;

    /// The function as Lambda makes it.
    public CreateNotificationChannel() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public CreateNotificationChannel(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_WRITE);
        this.channels = wiring.channels();
        this.exempt = wiring.allowedPrivateHosts();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var spec = ChannelJson.spec(call.body(), null, exempt);
        if (channels.in(call.projectId()).size() >= MOST_CHANNELS) {
            throw ApiException.invalid(
                    "limit_reached",
                    "This project has as many channels as it may have; delete one first.",
                    null);
        }
        var now = clock.instant();
        var secret = spec.kind() == ChannelKind.WEBHOOK ? StandardWebhook.newSecret() : null;
        var channel =
                new NotificationChannel(
                        Ids.timeOrdered(now), call.projectId(), spec, secret, null, 1, now, now);
        channels.add(channel);
        return Reply.created(ChannelJson.writeCreated(channel));
    }
}
