/* config_env.c - a test starts with no configuration in its environment. */
#include "tests/support/config_env.h"

#include <stdlib.h>

#include "lib/base/setting.h"
#include "tests/support/tempdir.h"

void config_env_clear(const char *home)
{
    char variable[64];

    for (int i = 0; i < WF_N_SETTINGS; i++) {
        wf_setting_variable(&wf_settings[i], variable, sizeof variable);
        unsetenv(variable);
        if (wf_settings[i].variable)
            unsetenv(wf_settings[i].variable);
    }
    unsetenv("WEFT_CONFIG");
    unsetenv("XDG_CONFIG_HOME");
    setenv("HOME", home, 1);
}

void config_env_begin(void)
{
    tempdir_begin();
    config_env_clear(tempdir);
}
