package nightshift.cli.files;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The keys of a YAML mapping and where they stand.
final class FrontMatter {
    private final String file;
    private final int linesBefore;
    private final List<Problem> problems;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private boolean readable = true;

    /// A key and its value.
    record Entry(Position at, Node value) {}

    private FrontMatter(String file, int linesBefore, List<Problem> problems) {
        this.file = file;
        this.linesBefore = linesBefore;
        this.problems = problems;
    }

    /// Reads a mapping.
    ///
    /// @param linesBefore how many lines of the file come before the text
    /// @param problems takes what is wrong
    static FrontMatter read(String file, String yaml, int linesBefore, List<Problem> problems) {
        var matter = new FrontMatter(file, linesBefore, problems);
        try {
            var settings = LoadSettings.builder().setLabel(file).build();
            new Compose(settings).composeString(yaml).ifPresent(matter::take);
        } catch (MarkedYamlEngineException syntax) {
            matter.readable = false;
            matter.report(matter.position(syntax.getProblemMark()), matter.words(syntax, yaml));
        } catch (YamlEngineException other) {
            matter.readable = false;
            matter.report(new Position(linesBefore + 1, 1), "This is not YAML that can be read.");
        }
        return matter;
    }

    private void take(Node root) {
        if (root instanceof ScalarNode nothing && nothing.getValue().isEmpty()) {
            return;
        }
        if (!(root instanceof MappingNode mapping)) {
            report(at(root), "Keys with values are expected, such as `name: Nightly`.");
            return;
        }
        for (var tuple : mapping.getValue()) {
            var position = at(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                report(position, "A key is a word.");
            } else if (entries.putIfAbsent(
                            key.getValue(), new Entry(position, tuple.getValueNode()))
                    != null) {
                report(
                        position,
                        "The key \"%s\" stands here a second time; the first is in line %d."
                                .formatted(
                                        key.getValue(), entries.get(key.getValue()).at().line()));
            }
        }
    }

    private String words(MarkedYamlEngineException syntax, String yaml) {
        int line = syntax.getProblemMark().map(Mark::getLine).orElse(-1);
        var lines = yaml.lines().toList();
        boolean star =
                line >= 0 && line < lines.size() && lines.get(line).matches("\\s*cron:\\s*[*?].*");
        return star
                ? "A cron expression that begins with * needs quotes: cron: \"*/15 * * * *\""
                : "This is not YAML: " + Texts.trim("" + syntax.getProblem()) + ".";
    }

    /// Whether it is YAML at all.
    boolean isReadable() {
        return readable;
    }

    Map<String, Entry> entries() {
        return entries;
    }

    @Nullable Entry entry(Key key) {
        return entries.get(key.text());
    }

    Position at(Node node) {
        return position(node.getStartMark());
    }

    private Position position(Optional<Mark> mark) {
        return mark.map(at -> new Position(linesBefore + at.getLine() + 1, at.getColumn() + 1))
                .orElse(new Position(linesBefore + 1, 1));
    }

    void report(Position at, String message) {
        problems.add(new Problem(file, at, message));
    }
}
