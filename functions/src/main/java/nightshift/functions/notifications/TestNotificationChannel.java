package nightshift.functions.notifications;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.notification.NotificationChannels;

import java.time.Clock;
import java.util.UUID;

/// `POST .../notification_channels/{id}/test/`: sends a message at once, also to a channel that is
/// switched off, and answers with the channel, whose `last_delivery` says how that ended. The body
/// is ignored.
public final class TestNotificationChannel extends Endpoint {
    static final String TYPE = "test";

    private final NotificationChannels channels;
    private final MessageSender sender;
    private final Clock clock;

    /// The function as Lambda makes it.
    public TestNotificationChannel() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public TestNotificationChannel(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_WRITE);
        this.channels = wiring.channels();
        this.sender = new MessageSender(wiring);
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var channel =
                channels.find(call.projectId(), call.id()).orElseThrow(ApiException::notFound);
        var data =
                Json.object()
                        .put("project_id", call.projectId())
                        .put("reason", "A test of the channel " + channel.spec().name() + ".")
                        .put("link", call.baseUrl() + "/console/");
        var id = "msg_" + UUID.randomUUID().toString().replace("-", "");
        var delivery = sender.send(channel, new Message(id, TYPE, clock.instant(), data));
        return Reply.ok(ChannelJson.write(channel.with(delivery)));
    }
}
