/// Automations as Markdown files.
@NullMarked
package nightshift.cli.files;

import org.jspecify.annotations.NullMarked;
