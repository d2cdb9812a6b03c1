#include "base/num_powers.h"

#define P(high, low) {high, low},
const struct num_power
    num_power_table[NUM_POWER_MOST - NUM_POWER_LEAST + 1] = {
#include "base/num_powers.def"
};
#undef P
