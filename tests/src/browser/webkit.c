/* Stands between WebKitGTK's little browser and WebKit: pages begin with the script that the environment names, and the console is printed.
 *
 * Every process of the browser loads it, also those without WebKit, so what it calls is looked for when it is called. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* More than any script of a test. */
enum { SCRIPT_BYTES_MAX = 1 << 20 };

/* The values of WebKit's enumerations: in all frames, before the document. */
enum { ALL_FRAMES = 0, AT_DOCUMENT_START = 0 };

#pragma weak webkit_user_script_new
#pragma weak webkit_user_content_manager_add_script
#pragma weak webkit_website_data_manager_new
void *webkit_user_script_new(const char *source, int frames, int time, const char *const *allowed, const char *const *blocked);
void webkit_user_content_manager_add_script(void *manager, void *script);
void *webkit_website_data_manager_new(const char *option, ...);

static const char *page_script(void) {
  static char text[SCRIPT_BYTES_MAX + 1];
  const char *path = getenv("PAGE_SCRIPT");
  FILE *file = path ? fopen(path, "r") : NULL;
  if (!file) abort();
  text[fread(text, 1, SCRIPT_BYTES_MAX, file)] = 0;
  fclose(file);
  return text;
}

/* The script runs in the page's own world, and no policy of the page stops it. */
void *webkit_user_content_manager_new(void) {
  void *(*next)(void) = (void *(*)(void))dlsym(RTLD_NEXT, "webkit_user_content_manager_new");
  void *manager = next();
  webkit_user_content_manager_add_script(manager, webkit_user_script_new(page_script(), ALL_FRAMES, AT_DOCUMENT_START, NULL, NULL));
  return manager;
}

/* A session that keeps nothing prints nothing. This one keeps what it has in the profile, which ends with the browser. */
void *webkit_website_data_manager_new_ephemeral(void) { return webkit_website_data_manager_new(NULL); }
