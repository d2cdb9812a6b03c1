/* base/banned.h: calls that have no place here, refused by the compiler. Every
 * file of src is compiled with it included (see the Makefile). */
#ifndef CANDOR_BASE_BANNED_H
#define CANDOR_BASE_BANNED_H

/* Headers that declare the names must come first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef CANDOR_ALLOW_BANNED
#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok asctime ctime
#pragma GCC poison gmtime localtime atoi atol atof tmpnam mktemp
#pragma GCC poison strncpy strncat
#endif

#endif
