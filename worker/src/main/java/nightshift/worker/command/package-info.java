/// Programs that the worker starts: the command and git.
@NullMarked
package nightshift.worker.command;

import org.jspecify.annotations.NullMarked;
