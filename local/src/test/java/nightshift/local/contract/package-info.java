/// The contract as tests over HTTP only, so they run against any deployment.
@NullMarked
package nightshift.local.contract;

import org.jspecify.annotations.NullMarked;
