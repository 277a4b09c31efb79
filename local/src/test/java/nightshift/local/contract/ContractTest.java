package nightshift.local.contract;

import nightshift.local.PermissionUseRecorder;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Tests all rules of the contract against one stack.
@ExtendWith(PermissionUseRecorder.class)
class ContractTest {
    @RegisterExtension static final Stack STACK = new Stack();

    @Nested
    class Doors extends AuthorizationRules {}

    @Nested
    class Automations extends AutomationRules {}

    @Nested
    class Policies extends PolicyRules {}

    @Nested
    class Runs extends RunRules {}

    @Nested
    class Bodies extends RequestBodyRules {}

    @Nested
    class Answers extends ValidationRules {}

    @Nested
    class Channels extends ChannelRules {}

    @Nested
    class Lists extends ListRules {}

    @Nested
    class Races extends ConcurrencyRules {}

    @Nested
    class Repetitions extends RepetitionRules {}
}
