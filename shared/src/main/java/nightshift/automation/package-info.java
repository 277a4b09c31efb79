/// Task automations: what runs, when, and what became of each occurrence.
@NullMarked
package nightshift.automation;

import org.jspecify.annotations.NullMarked;
