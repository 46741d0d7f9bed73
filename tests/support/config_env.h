/* config_env.h - a test starts with no configuration in its environment, and with a home of its own. */
#ifndef TESTS_CONFIG_ENV_H
#define TESTS_CONFIG_ENV_H

/* Unsets every WEFT_ variable a configuration hears, and points $HOME at `home`. */
void config_env_clear(const char *home);

/* As tempdir_begin(), which is home then. */
void config_env_begin(void);

#endif
