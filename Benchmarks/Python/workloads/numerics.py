"""Pieces that count: money, fractions, statistics, dates, addresses."""
import calendar
import datetime
import fractions
import ipaddress
import locale
import random
import statistics
import time
import uuid

import _pydecimal as decimal


def money(size):
    context = decimal.Context(prec=28, rounding=decimal.ROUND_HALF_EVEN)
    total = decimal.Decimal(0)
    for number in range(1, 5 * size):
        price = decimal.Decimal('%d.%02d' % (number, number % 100))
        total = context.add(total, price * decimal.Decimal('1.19'))
        (total / number).quantize(decimal.Decimal('0.01')), total.compare(price), -total, total.sqrt()
        '{:,.2f}'.format(total), int(total), round(total, 1), total % 7, str(total.normalize())


def powers(size):
    with decimal.localcontext() as context:
        context.prec = 20
        for number in range(1, 1 + size):
            value = decimal.Decimal(number) + decimal.Decimal('0.5')
            value.ln(), value.exp(), value ** 3, value.log10(), value.as_integer_ratio(), value.to_eng_string()


def ratios(size):
    total = fractions.Fraction(0)
    for number in range(1, 12 * size):
        total += fractions.Fraction(number, number + 1)
        total * 2, total - 1, total / 3, total < number, fractions.Fraction('3/7'), total.limit_denominator(1000)
    return float(total), round(total, 2), str(total), hash(total)


def summaries(size):
    values = [((n * 7919) % 101) / 3 for n in range(20 * size)]
    statistics.mean(values), statistics.median(values), statistics.pstdev(values), statistics.variance(values)
    statistics.mode(values), statistics.harmonic_mean([1, 2, 3]), statistics.median_grouped(values)
    normal = statistics.NormalDist.from_samples(values)
    normal.cdf(1), normal.inv_cdf(0.3), (normal + 2).quantiles(4), statistics.quantiles(values, n=10)


def dice(size):
    source = random.Random(5)
    for _ in range(20 * size):
        source.gauss(0, 1), source.randrange(100), source.choice('abc'), source.uniform(1, 2), source.triangular()
        source.betavariate(1, 2), source.expovariate(3), source.normalvariate(0, 1), source.vonmisesvariate(1, 2)
    source.sample(range(100), 10), source.shuffle(list(range(30))), source.choices('ab', [1, 2], k=5)


def dates(size):
    for number in range(5 * size):
        day = datetime.datetime(2024, 1 + number % 12, 1, 12, tzinfo=datetime.timezone.utc)
        text = day.strftime('%Y-%m-%d %H:%M:%S %j')
        datetime.datetime.strptime(text, '%Y-%m-%d %H:%M:%S %j'), day.isocalendar(), day.isoformat()
        datetime.datetime.fromisoformat('2024-05-06T07:08:09'), day + datetime.timedelta(days=number, hours=1)
        time.strptime('5 May 2024', '%d %b %Y'), calendar.monthrange(2024, 1 + number % 12)
    calendar.TextCalendar().formatyear(2024), calendar.HTMLCalendar().formatmonth(2024, 2)
    calendar.timegm((2024, 1, 1, 0, 0, 0)), list(calendar.Calendar().itermonthdays2(2024, 3))


def addresses(size):
    for number in range(4 * size):
        network = ipaddress.ip_network('10.%d.0.0/22' % number)
        list(network.subnets(new_prefix=24)), network.supernet(), network.num_addresses, network.is_private
        ipaddress.ip_address('192.168.1.%d' % number) in network, network.overlaps(ipaddress.ip_network('10.0.0.0/8'))
        six = ipaddress.ip_interface('2001:db8::%x/64' % number)
        six.exploded, six.network, six.is_link_local, six.ip.reverse_pointer
    list(ipaddress.summarize_address_range(ipaddress.ip_address('10.0.0.1'), ipaddress.ip_address('10.0.0.9')))
    list(ipaddress.collapse_addresses([ipaddress.ip_network('10.0.0.0/24'), ipaddress.ip_network('10.0.1.0/24')]))


def identities(size):
    for number in range(4 * size):
        name = uuid.uuid5(uuid.NAMESPACE_URL, str(number))
        uuid.UUID(str(name)), name.hex, name.urn, name.time_low, uuid.uuid4().bytes
    locale.format_string('%.2f', 1234.5, grouping=True), locale.localeconv()
