/// The endpoints of task automations, and how an automation looks as JSON.
@NullMarked
package nightshift.functions.automations;

import org.jspecify.annotations.NullMarked;
