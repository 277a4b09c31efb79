/// What a command left, read without trust: the output and the artifacts.
@NullMarked
package nightshift.worker.files;

import org.jspecify.annotations.NullMarked;
