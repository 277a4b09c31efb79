/// The reference worker. It claims one run, executes a command for it, and reports the result. It
/// depends on the API only.
@NullMarked
package nightshift.worker;

import org.jspecify.annotations.NullMarked;
