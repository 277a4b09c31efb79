/// The reference worker: claims one run, does its work by a command, and reports back. It knows the
/// API alone and nothing else of the project.
@NullMarked
package nightshift.worker;

import org.jspecify.annotations.NullMarked;
