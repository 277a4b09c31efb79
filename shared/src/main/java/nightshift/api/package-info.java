/// The HTTP surface: events in, replies out, errors, paging, keys and scopes.
@NullMarked
package nightshift.api;

import org.jspecify.annotations.NullMarked;
