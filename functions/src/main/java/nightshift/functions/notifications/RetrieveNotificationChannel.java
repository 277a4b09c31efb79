package nightshift.functions.notifications;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.notification.NotificationChannels;

/// `GET .../notification_channels/{id}/`: one channel.
public final class RetrieveNotificationChannel extends Endpoint {
    private final NotificationChannels channels;

    /// The function as Lambda makes it.
    public RetrieveNotificationChannel() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RetrieveNotificationChannel(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.channels = wiring.channels();
    }

    @Override
    protected Reply answer(Call call) {
        var channel = channels.find(call.projectId(), call.id());
        return Reply.ok(ChannelJson.write(channel.orElseThrow(ApiException::notFound)));
    }
}
