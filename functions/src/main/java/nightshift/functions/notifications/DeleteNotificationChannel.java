package nightshift.functions.notifications;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.notification.NotificationChannels;

/// `DELETE .../notification_channels/{id}/`: removes a channel. Messages that wait for another
/// attempt are dropped.
public final class DeleteNotificationChannel extends Endpoint {
    private final NotificationChannels channels;

    /// The function as Lambda makes it.
    public DeleteNotificationChannel() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public DeleteNotificationChannel(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_WRITE);
        this.channels = wiring.channels();
    }

    @Override
    protected Reply answer(Call call) {
        if (!channels.remove(call.projectId(), call.id())) {
            throw ApiException.notFound();
        }
        return Reply.noContent();
    }
}
