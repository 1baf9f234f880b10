package cmd

import "time"

// now is the program's clock. A build with the tag soak can move it.
var now = time.Now
