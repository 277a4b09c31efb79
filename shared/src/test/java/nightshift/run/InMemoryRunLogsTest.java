package nightshift.run;

class InMemoryRunLogsTest implements RunLogsContract {
    private final RunLogs logs = new InMemoryRunLogs();

    @Override
    public RunLogs logs() {
        return logs;
    }
}
