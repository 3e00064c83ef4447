// App Service authentication in front of an app, beside the app's own (DESIGN section 7): a token that is not the
// directory's never reaches our code. It only ever judges bearer tokens, so it needs no client secret.

@description('Name of the function app.')
param appName string

@description('Client id of the app registration that tokens are for.')
param clientId string

@description('Whose tokens: the directory\'s v2.0 issuer.')
param issuer string

@description('For whom the tokens are made out.')
param audiences array

@description('Paths the app authorises by itself. An entry without * is that path alone.')
param excludedPaths array

resource site 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource front 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: true
      // Callers are programs: a redirect to a page would tell them nothing.
      unauthenticatedClientAction: 'Return401'
      excludedPaths: excludedPaths
    }
    httpSettings: {
      requireHttps: true
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: clientId
          openIdIssuer: issuer
        }
        // Which client and which role may what is the app's business: shared/domain/access.py.
        validation: {
          allowedAudiences: audiences
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
  }
}
