#include "cvips.h"
int atelier_vips_placeholder(void) { return 0; }
