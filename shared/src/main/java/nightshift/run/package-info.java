/// Runs of tasks and what they produce: status, output, artifacts, logs.
@NullMarked
package nightshift.run;

import org.jspecify.annotations.NullMarked;
