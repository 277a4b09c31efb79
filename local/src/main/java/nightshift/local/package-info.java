/// The deployed system on one machine: production code against stand-ins at the wire.
@NullMarked
package nightshift.local;

import org.jspecify.annotations.NullMarked;
