// What a month may cost before somebody is told. It tells; it stops nothing: evidence is not switched off for money.

@description('Ends the name, so that two environments do not clash.')
param token string

@description('The month\'s amount, in the currency of the subscription.')
@minValue(1)
param amount int

@description('First day of the month it began in. Azure refuses to change it later: set it once and keep it.')
param startDate string

@description('Who is told.')
param recipients array

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: 'budget-${token}'
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      'spent-80': {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: recipients
        contactRoles: ['Owner']
      }
      'will-exceed': {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: recipients
        contactRoles: ['Owner']
      }
    }
  }
}
