package nightshift.idempotency;

final class InMemoryKeyUsesTest implements KeyUsesContract {
    private final KeyUses uses = new InMemoryKeyUses();

    @Override
    public KeyUses uses() {
        return uses;
    }
}
