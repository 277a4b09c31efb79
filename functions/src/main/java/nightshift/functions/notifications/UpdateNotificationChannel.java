package nightshift.functions.notifications;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.notification.NotificationChannels;

import java.time.Clock;
import java.util.Set;

/// `PATCH .../notification_channels/{id}/`: changes a channel. Its kind and its secret stay.
public final class UpdateNotificationChannel extends Endpoint {
    private final NotificationChannels channels;
    private final Set<String> exempt;
    private final Clock clock;

    /// The function as Lambda makes it.
    public UpdateNotificationChannel() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public UpdateNotificationChannel(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_WRITE);
        this.channels = wiring.channels();
        this.exempt = wiring.allowedPrivateHosts();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var updated =
                channels.update(
                        call.projectId(),
                        call.id(),
                        current ->
                                current.with(
                                        ChannelJson.spec(call.body(), current.spec(), exempt),
                                        clock.instant()));
        return Reply.ok(ChannelJson.write(updated.orElseThrow(ApiException::notFound)));
    }
}
