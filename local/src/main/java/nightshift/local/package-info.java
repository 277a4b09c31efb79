/// The deployed system on one machine: the production code with local servers that speak AWS's
/// protocols.
@NullMarked
package nightshift.local;

import org.jspecify.annotations.NullMarked;
