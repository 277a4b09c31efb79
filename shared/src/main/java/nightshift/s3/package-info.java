/// The bucket: run logs, artifacts and the URLs that open them.
@NullMarked
package nightshift.s3;

import org.jspecify.annotations.NullMarked;
