/// Tasks: the work that runs do.
@NullMarked
package nightshift.task;

import org.jspecify.annotations.NullMarked;
