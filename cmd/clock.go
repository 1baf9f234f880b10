package cmd

import "time"

// now is the program's clock. A build with the tag soak can set it ahead.
var now = time.Now
