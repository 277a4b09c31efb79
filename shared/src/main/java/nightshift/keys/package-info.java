/// API keys, their owners and the projects that they open.
@NullMarked
package nightshift.keys;

import org.jspecify.annotations.NullMarked;
