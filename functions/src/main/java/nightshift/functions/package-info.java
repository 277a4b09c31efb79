/// One class per Lambda function, and the wiring they are made from.
@NullMarked
package nightshift.functions;

import org.jspecify.annotations.NullMarked;
