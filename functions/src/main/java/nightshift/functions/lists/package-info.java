/// The lists across a project, and the key that reads them.
@NullMarked
package nightshift.functions.lists;

import org.jspecify.annotations.NullMarked;
