/// The benchmark: every function as Lambda runs it, what calls cost as the data grows, and the
/// local API under load.
@NullMarked
package nightshift.bench;

import org.jspecify.annotations.NullMarked;
