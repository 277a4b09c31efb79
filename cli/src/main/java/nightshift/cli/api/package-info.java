/// The public API over HTTP, and who calls it.
@NullMarked
package nightshift.cli.api;

import org.jspecify.annotations.NullMarked;
