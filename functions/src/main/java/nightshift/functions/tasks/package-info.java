/// The endpoints of tasks, and how a task looks as JSON.
@NullMarked
package nightshift.functions.tasks;

import org.jspecify.annotations.NullMarked;
