#pragma once
int atelier_vips_placeholder(void);
