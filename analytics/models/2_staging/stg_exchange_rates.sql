-- grain: one row per day and pair of currencies that the file of rates has: 1 of `from_currency` is `rate` of `to_currency`
{%- set own_file = env_var('PF_EXCHANGE_RATES', '') if target.name == 'lake' else '' %}
with

exchange_rates as (
    {%- if own_file %}
    select
        cast(date as date) as date,
        from_currency,
        to_currency,
        cast(rate as decimal(18, 9)) as rate
    from read_csv('{{ own_file }}', header = true, all_varchar = true)
    {%- else %}
    select * from {{ ref('exchange_rates') }}
    {%- endif %}
),

final as (
    select
        date,
        from_currency,
        to_currency,
        rate
    from exchange_rates
    where
        rate > 0
        and from_currency != to_currency
)

select * from final
