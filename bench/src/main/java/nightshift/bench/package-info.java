/// The benchmark: the first and the warm calls of every function, what calls cost as the data
/// grows, and the local API under load.
@NullMarked
package nightshift.bench;

import org.jspecify.annotations.NullMarked;
