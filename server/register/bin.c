#include "register/bin.h"

int bin_check_digit(const uint8_t digits[static 11])
{
    static const unsigned second[11] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2};
    unsigned sum = 0;
    for (unsigned i = 0; i < 11; i++)
        sum += (i + 1) * digits[i];
    if (sum % 11 < 10)
        return (int)(sum % 11);
    sum = 0;
    for (unsigned i = 0; i < 11; i++)
        sum += second[i] * digits[i];
    return sum % 11 < 10 ? (int)(sum % 11) : -1;
}

bool bin_valid(struct slice text)
{
    uint8_t digits[12];
    if (text.len != sizeof digits)
        return false;
    for (unsigned i = 0; i < sizeof digits; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        digits[i] = (uint8_t)(text.data[i] - '0');
    }
    unsigned month = digits[2] * 10U + digits[3];
    if (month < 1 || month > 12 || digits[4] < 4 || digits[4] > 6 || digits[5] > 3)
        return false;
    return bin_check_digit(digits) == digits[11];
}
