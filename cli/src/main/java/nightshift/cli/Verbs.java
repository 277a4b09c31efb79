package nightshift.cli;

import nightshift.cli.verbs.Apply;
import nightshift.cli.verbs.Cancel;
import nightshift.cli.verbs.Channels;
import nightshift.cli.verbs.Create;
import nightshift.cli.verbs.Doctor;
import nightshift.cli.verbs.Edit;
import nightshift.cli.verbs.Export;
import nightshift.cli.verbs.Get;
import nightshift.cli.verbs.Login;
import nightshift.cli.verbs.Logs;
import nightshift.cli.verbs.Ls;
import nightshift.cli.verbs.Next;
import nightshift.cli.verbs.Pause;
import nightshift.cli.verbs.PlanVerb;
import nightshift.cli.verbs.Preview;
import nightshift.cli.verbs.Resume;
import nightshift.cli.verbs.Rm;
import nightshift.cli.verbs.Run;
import nightshift.cli.verbs.Runs;
import nightshift.cli.verbs.Show;
import nightshift.cli.verbs.Verb;
import nightshift.cli.verbs.Why;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// The verbs by their names. One is made only when it is used: that is half of a quick start.
final class Verbs {
    private static final Map<String, Supplier<Verb>> ALL = all();

    private Verbs() {}

    static Map<String, Supplier<Verb>> byName() {
        return ALL;
    }

    private static Map<String, Supplier<Verb>> all() {
        var all = new LinkedHashMap<String, Supplier<Verb>>();
        all.put("login", Login::new);
        all.put("ls", Ls::new);
        all.put("show", Show::new);
        all.put("create", Create::new);
        all.put("edit", Edit::new);
        all.put("rm", Rm::new);
        all.put("pause", Pause::new);
        all.put("resume", Resume::new);
        all.put("next", Next::new);
        all.put("why", Why::new);
        all.put("preview", Preview::new);
        all.put("run", Run::new);
        all.put("runs", Runs::new);
        all.put("logs", Logs::new);
        all.put("get", Get::new);
        all.put("cancel", Cancel::new);
        all.put("export", Export::new);
        all.put("plan", PlanVerb::new);
        all.put("apply", Apply::new);
        all.put("doctor", Doctor::new);
        all.put("channels", Channels::new);
        return all;
    }
}
