/// What only an operator can invoke: projects and API keys.
@NullMarked
package nightshift.functions.operators;

import org.jspecify.annotations.NullMarked;
